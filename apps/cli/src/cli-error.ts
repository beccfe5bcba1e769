/** What a command cannot do, in a sentence for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly errors: readonly { path: string; message: string }[];

  constructor(code: string, message: string, errors: CliError['errors'] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}
