/** A message by its owner, a batch (`b…`) or a test (`t…`), and its number there. */
export interface MessageRef {
  owner: string;
  number: number;
}

/** The header `webhook-id`. Derived, so that a message keeps it however often it is sent. */
export function messageId({ owner, number }: MessageRef): string {
  return `msg_${owner}_${number}`;
}

/** `null`: not one of ours. */
export function parseMessageId(id: string): MessageRef | null {
  const match = /^msg_([bt][0-9a-z]{1,60})_(\d{1,9})$/.exec(id);
  return match?.[1] === undefined ? null : { owner: match[1], number: Number(match[2]) };
}

/** The message of an entry of the outbox, `<owner>_<number>`; `null`: not one of ours. */
export function parseOutboxEntry(entry: string): MessageRef | null {
  return parseMessageId(`msg_${entry}`);
}

/** One job per message and (re)send: adding it twice is adding it once. */
export function webhookJobId({ owner, number }: MessageRef, round: number): string {
  return `${owner}_${number}_${round}`;
}
