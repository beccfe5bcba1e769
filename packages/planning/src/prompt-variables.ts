/**
 * `{{ name }}`: any text without braces, spaces around it included. Two stretches that may both be spaces would make a
 * text of braces and thousands of spaces take minutes.
 */
export const VARIABLE = /\{\{([^{}]+)\}\}/g;

/** The variables of a prompt, each once, and whether braces are left over that were meant to be one. */
export function promptVariables(text: string): { names: string[]; isBroken: boolean } {
  const names = new Set([...text.matchAll(VARIABLE)].map(([, name = '']) => name.trim()));
  const isNameless = names.delete('');
  return { names: [...names], isBroken: isNameless || /\{\{|\}\}/.test(text.replace(VARIABLE, '')) };
}
