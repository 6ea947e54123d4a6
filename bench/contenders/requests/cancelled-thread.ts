/*
 * A worker whose tasks are cancelled.
 */
import { parentPort } from 'node:worker_threads'
import spin from './cancelled-task.js'
import type { Task } from './spinning.js'

parentPort?.on('message', (task: Required<Task>) => parentPort?.postMessage(spin(task)))
