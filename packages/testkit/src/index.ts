export * from './eventually.ts';
export * from './redis.ts';
