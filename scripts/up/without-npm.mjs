/** How to reach a registry concerns pnpm too; everything else that npm hands down is about npm. */
const NETWORK =
  /^npm_config_(registry|proxy|https?_proxy|noproxy|ca|cafile|strict_ssl|userconfig|cache|@.*)$/i;

/** The environment of a program that installs: without what npm, or npx, has set for the one that it has started. */
export function withoutNpm(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || NETWORK.test(name)),
  );
}
