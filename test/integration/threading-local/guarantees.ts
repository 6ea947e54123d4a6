// Each guarantee of Python's `threading.local` (from its documentation and its own tests), and each case from the test
// suites of similar libraries, with the tests that hold this package to it. threading-local.test.ts checks that these tests
// exist.

type Test = readonly [file: string, name: string]

export const guarantees: { readonly [guarantee: string]: readonly Test[] } = {
  // Python's documentation and tests
  'what is set reads back': [
    ['unit/thread-local', 'an unset slot reads as its init, and an assigned value reads back'],
  ],
  'an instance that is passed to threads as an argument': [
    [
      'integration/threading-local',
      'in a table that is passed to threads as an argument, each thread has its own values',
    ],
    ['integration/host', 'a worker that is older than the table, and receives it by message, doesn’t warn'],
  ],
  'a global instance, used by functions that run in several threads': [
    ['integration/host', 'importing the definition is all that a worker needs to have the default table'],
    [
      'integration/threading-local',
      'threads solve parts of a problem through one global definition, each with its own temporary variables',
    ],
  ],
  'a class attribute, shared by many objects': [
    ['unit/thread-local', 'a static threadLocal is shared by all objects of a class'],
  ],
  'two threads store 1 and 2 under the same name, sleep, and read back 1 and 2': [
    [
      'integration/thousand-workers',
      'two threads store 1 and 2 under the same name, wait, and read back 1 and 2',
    ],
  ],
  'an assignment is invisible to other threads; a thread that has set nothing sees init, and isn’t listed': [
    [
      'integration/definitions-across-threads',
      'a worker sees init where another thread has set a value, and the reverse',
    ],
    [
      'integration/reading-across-threads',
      'perThread lists the running threads that have used a key, with the keys they have used',
    ],
  ],
  'any attribute name, any object as value': [
    [
      'unit/thread-local',
      'properties outside the schema belong to one object alone, hold anything, and can be deleted',
    ],
    [
      'integration/threading-local',
      'a property outside the schema has any name, holds anything, and belongs to one thread',
    ],
  ],
  del: [
    [
      'unit/thread-local',
      'properties outside the schema belong to one object alone, hold anything, and can be deleted',
    ],
    ['unit/thread-local', 'a slot can’t be deleted or redefined'],
    ['integration/threading-local', 'reset sets a slot to init, in this thread only'],
  ],
  'a constructor runs in each thread, with its arguments; if it throws, the next use tries again': [
    [
      'integration/definitions-across-threads',
      'a class that extends a definition runs its constructor in each thread that creates an object',
    ],
    ['unit/thread-local', 'a constructor that failed can be tried again'],
    [
      'integration/threading-local',
      'a constructor that failed in one thread can be tried again there, and runs normally in others',
    ],
  ],
  'the list of attributes is this thread’s own, and can’t be replaced': [
    ['unit/thread-local', 'slots appear in Object.keys, spread, JSON and structuredClone'],
    ['unit/inspect', 'inspect shows a threadLocal as a plain object'],
    ['unit/thread-local', 'a slot can’t be deleted or redefined'],
    ['integration/threading-local', 'however a thread shows its object, it sees its own values'],
  ],
  'a thread’s values go when it ends; nothing keeps them': [
    [
      'integration/threading-local',
      'an unreachable object and what it held are collected, while its slots are kept',
    ],
    [
      'integration/threading-local',
      'each thread has its own connection, which closes with it, while its count is kept',
    ],
    ['integration/thousand-workers', '50 threads, one after the other, use one row'],
    ['integration/host', 'listeners, keys, rows and memory don’t grow with the number of past workers'],
  ],
  'a new local at a recycled address is empty': [
    [
      'integration/reading-across-threads',
      'a thread in the row of a dead thread starts from init in every slot',
    ],
    ['unit/row', 'the next owner of a row starts from init in every slot, and has used no key'],
  ],
  'values set while a thread is being torn down don’t crash it': [
    ['integration/host', 'values that a worker sets in its exit listeners are kept'],
    ['integration/host', 'the main thread can count and define in its exit listeners'],
  ],
  'creating locals while another thread exits, 1,000 times': [
    [
      'integration/thousand-workers',
      'definitions and keys can be created while workers end, in 1,000 rounds',
    ],
  ],
  'a thread can’t assign to another’s value; it can read and fold the values of all': [
    [
      'integration/definitions-across-threads',
      'a worker sees init where another thread has set a value, and the reverse',
    ],
    ['unit/values', 'perThread, fold and snapshot return copies of vectors'],
    ['integration/reading-across-threads', 'any thread reads the totals of all threads'],
    ['integration/reading-across-threads', 'totals fold running threads, dead threads, or both'],
  ],
  'use: a partial solution to a larger problem; temporary variables': [
    [
      'integration/threading-local',
      'threads solve parts of a problem through one global definition, each with its own temporary variables',
    ],
  ],
  'use: handles of external resources': [
    [
      'integration/threading-local',
      'each thread has its own connection, which closes with it, while its count is kept',
    ],
    [
      'integration/definitions-across-threads',
      'a class that extends a definition runs its constructor in each thread that creates an object',
    ],
  ],

  // Test suites of similar libraries
  'sums are exact after 1,000 threads have come and gone': [
    [
      'integration/thousand-workers',
      'threads, 1,000 at full effort, pass through eight rows and leave nothing but their counts',
    ],
    ['unit/similar-libraries', 'sums are exact after 1,000 threads have come and gone, in any order'],
  ],
  'a re-attached reader recovers all keys, and goes on allocating without reusing a live offset': [
    [
      'unit/similar-libraries',
      'a reader that attaches again recovers all keys, and never reuses the bytes of one for another',
    ],
    ['unit/table', 'a key never moves, however many keys follow it'],
  ],
  'holes in the rows don’t end an iteration': [
    ['unit/similar-libraries', 'free rows between others, wherever they are, don’t end an iteration'],
    ['unit/similar-libraries', 'rows that were claimed but never prepared don’t end an iteration'],
  ],
  'a value that was set in the main thread before workers start is not theirs': [
    [
      'integration/definitions-across-threads',
      'a worker sees init where another thread has set a value, and the reverse',
    ],
    [
      'integration/threading-local',
      'in a table that is passed to threads as an argument, each thread has its own values',
    ],
  ],
  'neighbours of a vector are untouched': [
    ['unit/row', 'writes beyond the end of a vector do not reach the next key'],
    ['unit/row', 'filling a row’s live area changes no other byte'],
    [
      'unit/similar-libraries',
      'writing a vector, and folding it after its thread’s death, leaves its neighbours alone',
    ],
  ],
  'a new thread in an old row starts clean': [
    [
      'integration/reading-across-threads',
      'a thread in the row of a dead thread starts from init in every slot',
    ],
    ['unit/row', 'the next owner of a row starts from init in every slot, and has used no key'],
  ],
  'a failing constructor of a subclass can be tried again': [
    ['unit/thread-local', 'a constructor that failed can be tried again'],
    [
      'integration/threading-local',
      'a constructor that failed in one thread can be tried again there, and runs normally in others',
    ],
  ],
}
