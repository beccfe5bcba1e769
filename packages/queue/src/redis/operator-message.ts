export interface OperatorMessage {
  code: string;
  message: string;
  at: string;
  /** What the message holds beside its words, for those who say it in another language. */
  values?: Record<string, string>;
}
