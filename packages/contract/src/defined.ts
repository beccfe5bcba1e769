type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/** Without the fields that are `undefined`: where one is optional, it must be absent. */
export function defined<T extends object>(
  fields: T,
): Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof defined<T>>;
}
