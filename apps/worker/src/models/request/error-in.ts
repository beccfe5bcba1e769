import { ApiFault } from './api-fault.ts';

/** An error with which the server answered although its status says that all is well. */
export function errorInside(body: unknown): ApiFault | null {
  const said = errorIn(body);
  if (said === null) return null;
  const code = Number(said.code);
  const httpStatus = code >= 400 && code < 600 ? code : 500;
  return new ApiFault('http', said.message, { httpStatus, details: said.details, fields: said.fields });
}

interface SaidError {
  message: string;
  code: unknown;
  details: unknown[];
  /** The whole error object, unchecked: OpenAI's `type`, `param` and `code` stand beside the message. */
  fields: Record<string, unknown>;
}

/** The `error` of an answer: Google's or OpenAI's, also in an array (its streaming routes) and with gateways' own fields. */
export function errorIn(body: unknown): SaidError | null {
  const whole: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof whole !== 'object' || whole === null) return null;
  const error: unknown = (whole as Record<string, unknown>).error;
  if (typeof error === 'string') return { message: error, code: undefined, details: [], fields: {} };
  if (typeof error !== 'object' || error === null) return null;
  const { message, code, details } = error as Record<string, unknown>;
  return {
    message: typeof message === 'string' ? message : '',
    code,
    details: Array.isArray(details) ? details : [],
    fields: error as Record<string, unknown>,
  };
}
