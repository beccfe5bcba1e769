import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers for the dashboard and the API. Everything comes from this origin, except pictures, which may lie in a
 * bucket: `imageOrigins` are its addresses. Nothing inline runs or paints; only pages under `inlineStyles`, which are
 * not ours to mend, may bring styles of their own (style attributes set from scripts are free of this).
 */
export function securityHeaders(options: {
  imageOrigins: readonly string[];
  isHttps: boolean;
  inlineStyles: string;
}): RequestHandler {
  const isInlined = ({ url = '' }: IncomingMessage) =>
    `${url.split('?', 1)[0]}/`.startsWith(`${options.inlineStyles}/`);
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", (request) => (isInlined(request) ? "'unsafe-inline'" : "'self'")],
        imgSrc: ["'self'", 'data:', 'blob:', ...options.imageOrigins],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        formAction: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    strictTransportSecurity: options.isHttps,
  });
}
