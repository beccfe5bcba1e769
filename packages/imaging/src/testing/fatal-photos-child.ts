import type { PictureTask } from '../pool/picture-task.ts';
import { runPictureTask } from '../pool/run-picture-task.ts';
import { serveTasks } from '../pool/serve-tasks.ts';
import { configureSharp } from '../pool/sharp-settings.ts';
import { FATAL_BYTES } from './fatal-bytes.ts';

configureSharp();
serveTasks((task) => {
  const picture = task as PictureTask;
  if (picture.name === 'prepare' && picture.args[0].data.includes(FATAL_BYTES))
    process.kill(process.pid, 'SIGSEGV');
  if (picture.name === 'finish' && picture.args[0].includes(FATAL_BYTES))
    process.kill(process.pid, 'SIGABRT');
  return runPictureTask(picture);
});
