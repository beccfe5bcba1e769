export * from './create-object-store.ts';
export * from './file-link.ts';
export * from './file-store.ts';
export * from './object-key.ts';
export * from './object-keys.ts';
export * from './object-store.ts';
export * from './s3-config.ts';
export * from './s3-store.ts';
