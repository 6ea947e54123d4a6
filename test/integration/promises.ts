// The rows of what Python's `threading.local` promises (its documentation, its own tests), and cases that the suites of
// similar libraries check; with the tests that hold us to each. threading-local.test.ts looks whether these tests are there.

type Test = readonly [file: string, name: string]

export const promises: { readonly [promise: string]: readonly Test[] } = {
  // Rows of the list
  'what is set reads back': [
    ['unit/thread-local', 'a slot that was not set is its init, and what is set reads back'],
  ],
  'an instance that is passed to threads as an argument': [
    [
      'integration/threading-local',
      'a table that is passed to threads as an argument holds values of their own for each',
    ],
    [
      'integration/host',
      'a worker that was started before the table, and is given it by hand, does not warn',
    ],
  ],
  'a global instance, used by functions that run in several threads': [
    ['integration/host', 'a worker has the default table with no code but the import of the definition'],
    [
      'integration/threading-local',
      'threads solve a problem in parts, with temporary variables of their own, through one global definition',
    ],
  ],
  'a class attribute, shared by many objects': [
    ['unit/thread-local', 'a static local is shared by many objects'],
  ],
  'two threads store 1 and 2 under the same name, sleep, and read back 1 and 2': [
    [
      'integration/thousand-workers',
      'two threads store 1 and 2 under the same name, wait, and read back 1 and 2',
    ],
  ],
  'an assignment is invisible to others; who has set nothing sees init, and is not listed': [
    [
      'integration/thread-local-workers',
      'a worker sees init where another thread has set a value, and its own are not seen there',
    ],
    [
      'integration/readings-workers',
      'perThread lists running threads that have used a key, and the keys that they have used',
    ],
  ],
  'any attribute name, any object as value': [
    [
      'unit/thread-local',
      'properties outside the schema are of this object alone, hold anything, and can be deleted',
    ],
    [
      'integration/threading-local',
      'a property outside the schema has any name, holds anything, and is no other thread’s',
    ],
  ],
  del: [
    [
      'unit/thread-local',
      'properties outside the schema are of this object alone, hold anything, and can be deleted',
    ],
    ['unit/thread-local', 'a slot can be neither deleted nor defined anew'],
    ['integration/threading-local', 'a slot goes back to init with reset, in this thread alone'],
  ],
  'a constructor runs in each thread, with its arguments; if it throws, the next use tries again': [
    [
      'integration/thread-local-workers',
      'a class that extends a definition runs its constructor in each thread that makes one',
    ],
    ['unit/thread-local', 'a constructor that fails can be tried again'],
    [
      'integration/threading-local',
      'a constructor that fails in one thread can be tried again there, and runs in others as ever',
    ],
  ],
  'the list of attributes is this thread’s own, and can not be replaced': [
    ['unit/thread-local', 'slots show in Object.keys, spread, JSON and structuredClone'],
    ['unit/inspect', 'a threadLocal is shown as a plain object'],
    ['unit/thread-local', 'a slot can be neither deleted nor defined anew'],
    ['integration/threading-local', 'what a thread’s object shows, in whatever way, is this thread’s own'],
  ],
  'a thread’s values go when it ends; nothing keeps them': [
    [
      'integration/threading-local',
      'nothing keeps an object that is forgotten, nor what it held, though its slots are kept',
    ],
    [
      'integration/threading-local',
      'each thread has a connection of its own, which goes with it, while its count is kept',
    ],
    ['integration/thousand-workers', '50 threads one after the other leave no row behind'],
    [
      'integration/host',
      'listeners, keys, rows and memory do not grow with the number of workers that lived',
    ],
  ],
  'a new local at a recycled address is empty': [
    ['integration/readings-workers', 'a thread in the row of a dead one starts from init in every slot'],
    ['unit/row', 'a row’s next owner starts from init everywhere, and has used nothing'],
  ],
  'values set while a thread is being torn down don’t crash it': [
    ['integration/host', 'what a worker sets in its exit listeners is kept'],
    ['integration/host', 'the main thread counts and defines while it is torn down, too'],
  ],
  'creating locals while another thread exits, 1,000 times': [
    ['integration/thousand-workers', 'definitions and keys can be made while workers end, in 1,000 rounds'],
  ],
  'a thread can not set another’s value by assignment; it can read them all, and fold them': [
    [
      'integration/thread-local-workers',
      'a worker sees init where another thread has set a value, and its own are not seen there',
    ],
    ['unit/values', 'what perThread and fold give of a vector is the reader’s own'],
    ['integration/readings-workers', 'any thread reads the totals of all'],
    ['integration/readings-workers', 'totals fold running threads, dead ones, or both'],
  ],
  'use: a partial solution to a larger problem; temporary variables': [
    [
      'integration/threading-local',
      'threads solve a problem in parts, with temporary variables of their own, through one global definition',
    ],
  ],
  'use: handles of external resources': [
    [
      'integration/threading-local',
      'each thread has a connection of its own, which goes with it, while its count is kept',
    ],
    [
      'integration/thread-local-workers',
      'a class that extends a definition runs its constructor in each thread that makes one',
    ],
  ],

  // Cases of other suites
  'sums are exact after 1,000 threads have come and gone': [
    [
      'integration/thousand-workers',
      'threads, 1,000 at full depth, pass through eight rows and leave their counts alone behind',
    ],
    [
      'unit/similar-libraries',
      'sums are exact after 1,000 threads have come and gone, whatever the order in which they went',
    ],
  ],
  'a re-attached reader recovers all keys, and goes on allocating without reusing a live offset': [
    [
      'unit/similar-libraries',
      'a reader that attaches anew recovers all keys, and goes on without reusing a live offset',
    ],
    ['unit/table', 'a key never moves, however many follow it'],
  ],
  'holes in the rows don’t end an iteration': [
    ['unit/similar-libraries', 'holes in the rows, wherever they are, don’t end an iteration'],
    ['unit/similar-libraries', 'rows that were claimed and never made ready don’t end an iteration either'],
  ],
  'a value that was set in the main thread before workers start is not theirs': [
    [
      'integration/thread-local-workers',
      'a worker sees init where another thread has set a value, and its own are not seen there',
    ],
    [
      'integration/threading-local',
      'a table that is passed to threads as an argument holds values of their own for each',
    ],
  ],
  'neighbours of a vector are untouched': [
    ['unit/row', 'a vector ends where its key ends'],
    ['unit/row', 'a row that is filled to the brim leaves every other byte as it was'],
    ['unit/similar-libraries', 'neighbours of a vector are untouched, in life and death'],
  ],
  'a new thread in an old row starts clean': [
    ['integration/readings-workers', 'a thread in the row of a dead one starts from init in every slot'],
    ['unit/row', 'a row’s next owner starts from init everywhere, and has used nothing'],
  ],
  'a failing constructor of a subclass can be tried again': [
    ['unit/thread-local', 'a constructor that fails can be tried again'],
    [
      'integration/threading-local',
      'a constructor that fails in one thread can be tried again there, and runs in others as ever',
    ],
  ],
}
