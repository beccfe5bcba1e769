/** `{{ name }}`: any text without braces. */
export const VARIABLE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** The variables of a prompt, each once, and whether braces are left over that were meant to be one. */
export function promptVariables(text: string): { names: string[]; isBroken: boolean } {
  const names = new Set([...text.matchAll(VARIABLE)].map(([, name = '']) => name));
  return { names: [...names], isBroken: /\{\{|\}\}/.test(text.replace(VARIABLE, '')) };
}
