import type { Words } from './words.ts';

/** The frame around every page. */
export const frameWords = {
  skipToContent: ['Skip to content', '跳到内容'],
  theme: ['Theme: {theme}', '主题：{theme}'],
  themeSystem: ['system', '跟随系统'],
  themeLight: ['light', '浅色'],
  themeDark: ['dark', '深色'],
  reconnectingHint: [
    'The server cannot be reached. What you see is the last known state; it is brought up to date as soon as the server is back.',
    '无法连接服务器。当前显示最后已知状态，连接恢复后会立即更新。',
  ],
  pageCrashed: ['This page has met an error', '页面出现错误'],
  loseWords: ['Close without what you have typed?', '放弃已输入的内容并关闭？'],
  keepEditing: ['Keep editing', '继续编辑'],
  loseThem: ['Close', '放弃并关闭'],
  reload: ['Reload', '重新加载'],
} as const satisfies Words;
