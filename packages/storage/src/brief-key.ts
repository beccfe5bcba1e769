/** A key as messages show it: at most 120 characters, so that the reason after it is never cut off. */
export function briefKey(key: string): string {
  const characters = [...key];
  if (characters.length <= 120) return key;
  return `${characters.slice(0, 80).join('')}…${characters.slice(-39).join('')}`;
}
