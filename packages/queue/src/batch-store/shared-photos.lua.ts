import { defineScript } from '../redis/script.ts';

/** So many SKUs may share a photo without a question: the sizes of a shirt, a set and its parts. */
const MOST_SHARING = 5;

/**
 * Who shares a photo, kept as SKUs bring theirs. `<b>:photos` (hash): SKU index → photo. `<b>:sharers` (hash): photo →
 * `skus titled least first,three,indices words…`: how many SKUs, how many of them have a title, the fewest words of such
 * a title, and the words that all of them have. `<b>:shared` (sorted set): photos of two SKUs and more by their number.
 * `<b>:allowed` (set): photos that a person let go on.
 */
const SHARERS = /* lua */ `
local function sharers_of(b, photo)
  local text = redis.call('HGET', b .. ':sharers', photo)
  local group = { skus = 0, titled = 0, least = 0, first = '', words = '' }
  if not text then return group end
  local skus, titled, least, first, words = string.match(text, '^(%d+) (%d+) (%d+) (%S*) ?(.*)$')
  return { skus = tonumber(skus), titled = tonumber(titled), least = tonumber(least), first = first, words = words }
end

local function keep_sharers(b, photo, group)
  if group.skus == 0 then redis.call('HDEL', b .. ':sharers', photo)
  else
    redis.call('HSET', b .. ':sharers', photo,
      group.skus .. ' ' .. group.titled .. ' ' .. group.least .. ' ' .. group.first .. ' ' .. group.words)
  end
  if group.skus < 2 then redis.call('ZREM', b .. ':shared', photo)
  else redis.call('ZADD', b .. ':shared', group.skus, photo) end
end

local function count_words(text)
  local n = 0
  for _ in string.gmatch(text, '%S+') do n = n + 1 end
  return n
end

-- Titles name different products when they have no more than half of the shortest one's words in common.
local function is_held(b, photo, group)
  return group.skus > ${MOST_SHARING} and group.titled > 1 and count_words(group.words) * 2 <= group.least
    and redis.call('SISMEMBER', b .. ':allowed', photo) == 0
end
`;

/**
 * Notes the main photo of a SKU. KEYS: batch. ARGV: index, photo, words of the SKU's title with spaces between them.
 * Returns `{SKUs with this photo, 1 if they have to wait for a person}`. Noting the same twice is noting it once.
 */
export const notePhotoScript = defineScript(/* lua */ `
${SHARERS}
local b, index, photo, words = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
if redis.call('EXISTS', b) == 0 then return { 0, 0 } end
local known = redis.call('HGET', b .. ':photos', index)
local group = sharers_of(b, photo)
if known ~= photo then
  if known then
    local left = sharers_of(b, known)
    left.skus = left.skus - 1
    keep_sharers(b, known, left)
  end
  redis.call('HSET', b .. ':photos', index, photo)
  if group.skus < 3 then group.first = group.first .. (group.first == '' and '' or ',') .. index end
  group.skus = group.skus + 1
  if words ~= '' then
    if group.titled == 0 then
      group.words, group.least = words, count_words(words)
    else
      local has, common = {}, {}
      for word in string.gmatch(words, '%S+') do has[word] = true end
      for word in string.gmatch(group.words, '%S+') do if has[word] then common[#common + 1] = word end end
      group.words, group.least = table.concat(common, ' '), math.min(group.least, count_words(words))
    end
    group.titled = group.titled + 1
  end
  keep_sharers(b, photo, group)
end
return { group.skus, is_held(b, photo, group) and 1 or 0 }
`);

/** Whether a SKU without a picture has to wait for a person because of its photo. KEYS: batch. ARGV: index. Returns 1 or 0. */
export const isPhotoHeldScript = defineScript(/* lua */ `
${SHARERS}
local b = KEYS[1]
local photo = redis.call('HGET', b .. ':photos', ARGV[1])
if not photo or tonumber(redis.call('HGET', b .. ':done', ARGV[1]) or '0') > 0 then return 0 end
return is_held(b, photo, sharers_of(b, photo)) and 1 or 0
`);

/**
 * The largest groups of SKUs with one photo. KEYS: batch. ARGV: most groups. Returns for each
 * `photo, SKUs, 'held' | 'allowed' | 'fine', indices of the first ones with commas between them`.
 */
export const listSharedPhotosScript = defineScript(/* lua */ `
${SHARERS}
local b, result = KEYS[1], {}
for _, photo in ipairs(redis.call('ZREVRANGE', b .. ':shared', 0, tonumber(ARGV[1]) - 1)) do
  local group = sharers_of(b, photo)
  local state = 'fine'
  if redis.call('SISMEMBER', b .. ':allowed', photo) == 1 then state = 'allowed'
  elseif is_held(b, photo, group) then state = 'held' end
  for _, field in ipairs({ photo, group.skus, state, group.first }) do result[#result + 1] = field end
end
return result
`);
