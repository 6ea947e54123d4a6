// What the test tells the program that it watches, and what the program answers.

/** What a worker does until it is terminated. */
export type Behaviour =
  /** Starts a task, names it in a text, and never gets on. */
  | 'gets stuck'
  /** Counts in an endless task, in turns of its event loop, which is watched. */
  | 'counts'
  /** The same, without ever returning to its event loop. */
  | 'counts in a loop'
  /** Has done its only task. */
  | 'is idle'
  /** Calls `onStuck`, and sends what it gets to the main thread. */
  | 'asks who is stuck'

export type Order =
  | { readonly order: 'start'; readonly behaviour: Behaviour }
  | { readonly order: 'block'; readonly ms: number }
  /** Terminates a worker, and blocks before its end can be noticed. */
  | { readonly order: 'terminate and block'; readonly threadId: number; readonly ms: number }
  | { readonly order: 'terminate'; readonly threadId: number }
  /** Terminates every worker that is reported as stuck from now on. */
  | { readonly order: 'terminate the stuck' }

export type Answer =
  | { readonly answer: 'listening'; readonly url: string }
  | { readonly answer: 'started'; readonly threadId: number }
  | { readonly answer: 'terminated'; readonly threadId: number }
  /** What `onStuck` reported, in which thread, and all threads' totals once the worker was terminated. */
  | { readonly answer: 'stuck'; readonly in: number; readonly thread: object; readonly totals?: object }
