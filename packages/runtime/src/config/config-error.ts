/** One variable that is wrong: the sentence starts with its name and never holds a secret value. */
export interface ConfigFault {
  variable: string;
  message: string;
}

/** Every fault of the environment at once; the message has one line per variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map((fault) => `  ${fault.variable} ${fault.message}`);
    super(['The configuration is wrong:', ...lines].join('\n'));
    this.faults = faults;
  }
}
