import type { StoreConfig } from '@image-studio/runtime';

/** Origins that links to pictures point at, for the content security policy; none for the file store, which is us. */
export function imageOrigins(store: StoreConfig): string[] {
  if (store.kind === 'file') return [];
  if (store.publicUrl !== undefined) return [new URL(store.publicUrl).origin];
  const { protocol, host } = new URL(
    store.browserEndpoint ?? store.endpoint ?? `https://s3.${awsRegion(store.region)}.amazonaws.com`,
  );
  return [store.forcePathStyle ? `${protocol}//${host}` : `${protocol}//${store.bucket}.${host}`];
}

/** The store's own reading of `auto` where there is no endpoint to mean R2. */
function awsRegion(region: string): string {
  return region === 'auto' ? 'us-east-1' : region;
}
