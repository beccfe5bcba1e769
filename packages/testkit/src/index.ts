export { findRedisServer, freePort } from '@image-studio/runtime';
export * from './eventually.ts';
export * from './open-handles.ts';
export * from './redis.ts';
export * from './redis-refusals.ts';
export * from './tcp-relay.ts';
