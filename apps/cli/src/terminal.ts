/** Where a command writes and what it is configured by. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  /** What was asked for: tables, JSON lines, files. */
  stdout: NodeJS.WriteStream;
  /** What is said beside it. */
  stderr: NodeJS.WriteStream;
}

/** Says things to a person, or in JSON, an object a line. */
export interface Speaker {
  readonly isJson: boolean;
  /** `text` for people, `event` with `--json`. */
  tell(event: { event: string } & Record<string, unknown>, text: string): void;
  /** To people only, beside the answer. */
  note(text: string): void;
}

export function createSpeaker({ stdout, stderr }: Terminal, isJson: boolean): Speaker {
  return {
    isJson,
    tell: (event, text) => void stdout.write(isJson ? `${JSON.stringify(event)}\n` : `${text}\n`),
    note: (text) => {
      if (!isJson) stderr.write(`${text}\n`);
    },
  };
}
