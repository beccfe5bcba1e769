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
  REDIS_OLD: [
    'Redis is version {version}; Image Studio needs {needed} or newer, or Valkey.',
    'Redis 版本为 {version}；Image Studio 需要 {needed} 或更高版本，或 Valkey。',
  ],
  REDIS_EVICTS: [
    'Redis drops keys when its memory is full: its maxmemory-policy is {policy}, and {evicted} keys have gone since it started. Dropped keys are lost jobs and batches. Set maxmemory-policy to noeviction.',
    'Redis 内存满时会丢弃键：maxmemory-policy 为 {policy}，启动以来已丢弃 {evicted} 个键。被丢弃的键意味着任务和批次丢失。请将 maxmemory-policy 设为 noeviction。',
  ],
  REDIS_NOT_PERSISTENT: [
    'Redis keeps nothing on disk: a restart would forget all batches and what has been paid for. Set appendonly to yes.',
    'Redis 未将数据写入磁盘：重启会丢失所有批次和付费记录。请将 appendonly 设为 yes。',
  ],
  REDIS_MEMORY: [
    'Redis uses {percent} % of its memory ({used} of {limit} MB). When it is full, nothing can be submitted or finished. Give it more, delete batches, or lower BATCH_RETENTION_DAYS.',
    'Redis 已使用 {percent}% 的内存（{used} / {limit} MB）。内存满后将无法提交或完成任务。请增加内存、删除批次，或调低 BATCH_RETENTION_DAYS。',
  ],
  REDIS_UNCHECKED: [
    'Redis does not tell everything about itself (INFO or CONFIG GET is not allowed), so this cannot be checked: {unknown}.',
    'Redis 不提供全部信息（不允许 INFO 或 CONFIG GET），因此无法检查：{unknown}。',
  ],
  SPEND_LIMIT_TOO_SMALL: [
    'No AI call can be made: AI_SPEND_PER_10_MIN_USD is less than one call costs. Raise it and restart the workers.',
    '无法发起 AI 调用：AI_SPEND_PER_10_MIN_USD 低于单次调用的费用。请调高该值并重启工作进程。',
  ],
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
