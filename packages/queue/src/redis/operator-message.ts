export interface OperatorMessage {
  code: string;
  message: string;
  at: string;
  /** The pool of calls that it is about; absent: the default one, or all. */
  pool?: string | undefined;
  /** What the message holds beside its words, for those who say it in another language. */
  values?: Record<string, string>;
}
