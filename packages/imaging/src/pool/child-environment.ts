/** What allocators, loaders, fonts and Node itself read; nothing of the product's own, and no credential of anybody. */
const PASSED =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|TZ|LANG|LC_\w+|NODE_ENV|NODE_OPTIONS|GLIBC_TUNABLES|MALLOC_\w+|LD_\w+|DYLD_\w+|FONTCONFIG_\w+|XDG_\w+|UV_THREADPOOL_SIZE|VIPS_\w+|SystemRoot)$/i;

/** The part of `env` that is passed on to a child, which reads hostile files. */
export function childEnvironment(
  env: Record<string, string | undefined>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED.test(name)));
}
