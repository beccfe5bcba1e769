import type { Logger } from '@image-studio/runtime';
import type { Request, Response } from 'express';
import type { Principal } from './principal.ts';

/** What somebody asked for, beside who and with what success. */
export interface AuditedAction {
  /** The operation of the OpenAPI document. */
  action: string;
  batchId?: string;
  sku?: string;
}

/** Notes one line when `response` has been sent, whatever came of it, refusals too. */
export type Audit = (request: Request, response: Response, action: () => AuditedAction) => void;

/**
 * Who did what: the log of every action that may change something. `key` is the beginning of the key's SHA-256
 * (`printf %s KEY | sha256sum`), never the key. Written whatever `LOG_LEVEL` leaves out, short of `silent`.
 */
export function createAudit(log: Logger): Audit {
  const audit = log.child({ audit: true }, { level: log.level === 'silent' ? 'silent' : 'info' });
  return (request, response, action) => {
    const ip = request.socket.remoteAddress;
    response.once('close', () => {
      const principal = response.locals.principal as Principal | undefined;
      audit.info(
        {
          ...action(),
          key: principal?.keyId ?? null,
          tenant: principal?.tenant ?? null,
          role: principal?.role ?? null,
          status: response.statusCode,
          // Whether the client was told; a change that was made stays made.
          answered: response.writableFinished,
          ip,
          forwardedFor: request.headers['x-forwarded-for']?.slice(0, 200),
        },
        'audit',
      );
    });
  };
}
