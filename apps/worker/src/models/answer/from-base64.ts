/** The bytes that base64 stands for, with or without what makes it a data URL. */
export function fromBase64(value: string): Buffer {
  const [, data] = /^data:[^,]{0,100},(.*)$/s.exec(value) ?? [];
  return Buffer.from(data ?? value, 'base64');
}
