/** What somebody asked for, beside who and with what success. */
export interface AuditedAction {
  /** The operation of the OpenAPI document, or the door that was tried. */
  action: string;
  batchId?: string;
  sku?: string;
}

/** Where a request comes from, and what for. */
export interface Caller {
  /** Of the connection. */
  ip: string | undefined;
  forwardedFor?: string | undefined;
  /** Refusals are noted by door, so that many at one hide none at the other. */
  door: 'request' | 'socket';
  asked: () => AuditedAction;
}
