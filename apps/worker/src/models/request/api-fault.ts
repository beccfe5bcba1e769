/**
 * `http`: the server said no. `redirect`: it sent us elsewhere (the message is where). `network`: it was not reached, or
 * broke off. `notJson`: it answered something else. `tooLarge`: its answer does not end.
 */
export type ApiFaultKind = 'http' | 'redirect' | 'network' | 'notJson' | 'tooLarge';

/** What a failed request to a model's API leaves behind. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly kind: ApiFaultKind;
  readonly httpStatus: number | undefined;
  /** `error.details` as the provider sent them. */
  readonly details: unknown[];
  /** The provider's whole error object, unchecked. */
  readonly fields: Record<string, unknown>;
  /** From the header. */
  readonly retryAfterMs: number | undefined;
  /** The request has left and may have been answered, and charged for, where we do not see it. */
  readonly mayBeBought: boolean;

  /** `message`: the provider's own sentence, empty when its answer could not be read. */
  constructor(
    kind: ApiFaultKind,
    message: string,
    more: {
      httpStatus?: number;
      details?: unknown[];
      fields?: Record<string, unknown>;
      retryAfterMs?: number;
      mayBeBought?: boolean;
    } = {},
  ) {
    super(message);
    this.kind = kind;
    this.httpStatus = more.httpStatus;
    this.details = more.details ?? [];
    this.fields = more.fields ?? {};
    this.retryAfterMs = more.retryAfterMs;
    this.mayBeBought = more.mayBeBought ?? false;
  }
}
