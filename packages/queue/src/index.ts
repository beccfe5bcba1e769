export * from './studio-api.ts';
