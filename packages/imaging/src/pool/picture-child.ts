import type { PictureTask } from './picture-task.ts';
import { runPictureTask } from './run-picture-task.ts';
import { serveTasks } from './serve-tasks.ts';
import { configureSharp } from './sharp-settings.ts';

configureSharp();
serveTasks((task) => runPictureTask(task as PictureTask));
