import { defineScript } from '../redis/script.ts';

/**
 * Takes back the locks of jobs that this process still works on, after a time in which none could be renewed. KEYS: active
 * list, stalled set, stalled check. ARGV: 1 prefix of the queue's keys, 2 lock (ms), 3 time for the other processes to do the
 * same (ms), then job id and token of each job. A job that somebody else has taken meanwhile is left to them.
 *
 * BullMQ gives a job to another worker when it is in the stalled set and has no lock at the next check: emptying
 * the set puts that off by a whole interval. Returns how many locks were taken back.
 */
export const reclaimLocksScript = defineScript(/* lua */ `
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[3], '1', 'PX', ARGV[3])
local reclaimed = 0
for i = 4, #ARGV, 2 do
  local lock = ARGV[1] .. ARGV[i] .. ':lock'
  local owner = redis.call('GET', lock)
  if not owner and redis.call('LPOS', KEYS[1], ARGV[i]) then
    redis.call('SET', lock, ARGV[i + 1], 'PX', ARGV[2])
    reclaimed = reclaimed + 1
  elseif owner == ARGV[i + 1] then
    redis.call('PEXPIRE', lock, ARGV[2])
  end
end
return reclaimed
`);
