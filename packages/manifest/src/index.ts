export * from './manifest-batch.ts';
export * from './manifest-csv.ts';
export * from './manifest-item.ts';
export * from './manifest-json.ts';
