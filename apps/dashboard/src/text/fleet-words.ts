import type { Words } from './words.ts';

/** The fleet's page and the line about it on the others. */
export const fleetWords = {
  fleet: ['Fleet', '集群'],
  openBoard: ['Open Bull Board', '打开 Bull Board'],
  fleetFailed: ['The fleet cannot be shown', '无法显示集群状态'],
  aiQuota: ['AI quota', 'AI 配额'],
  paceAgo: ['1 min ago', '1 分钟前'],
  paceQuota: ['dashed: quota', '虚线：配额'],
  now: ['now', '现在'],
  paceSummary: [
    '{calls} AI calls in the last minute; the quota is {allowed}',
    '最近一分钟 {calls} 次 AI 调用，配额为 {allowed}',
  ],
  lastMinute: ['Calls in the last minute', '最近一分钟调用'],
  utilisation: ['Quota used', '配额利用率'],
  today: ['Calls today', '今日调用'],
  costToday: ['Cost today', '今日费用'],
  spent10Min: ['Spent in 10 minutes', '10 分钟内费用'],
  callTime: ['Time of a call: median / 90 %', '调用耗时（中位/90%）'],
  health: ['Health', '健康状况'],
  objectStore: ['Object store', '对象存储'],
  answersIn: ['answers in {time}', '响应时间 {time}'],
  queues: ['Queues', '队列'],
  jobs: ['Jobs', '任务'],
  delayed: ['Waiting for their turn', '等待轮到'],
  waitingForCalls: ['Waiting for AI calls', '等待 AI 调用'],
  workersTitle: ['Workers', '工作进程'],
  upFor: ['up for {time}', '已运行 {time}'],
  workerIdle: ['Idle', '空闲'],
  workerBusy: ['{skus} SKUs and {calls} AI calls at work', '正在处理 {skus} 个 SKU、{calls} 次 AI 调用'],
} as const satisfies Words;
