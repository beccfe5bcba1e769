import { createFileStore, type FileStoreConfig } from './file-store.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3StoreConfig } from './s3-config.ts';
import { createS3Store } from './s3-store.ts';

export type ObjectStoreConfig = ({ kind: 'file' } & FileStoreConfig) | ({ kind: 's3' } & S3StoreConfig);

/** The store that the configuration names. Opens nothing yet; `check` tells whether it works. */
export function createObjectStore(config: ObjectStoreConfig): ObjectStore {
  return config.kind === 'file' ? createFileStore(config) : createS3Store(config);
}
