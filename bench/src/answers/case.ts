/** A picture that is known to be right or wrong. */
export interface Case {
  /** Which kind of right or wrong picture it is. */
  kind: string;
  isRight: boolean;
  /** The checks, of the named ones or of all, that call it wrong. */
  calls: (checks?: string[]) => Promise<string[]>;
}
