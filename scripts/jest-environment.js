import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Node, and at the end of each file, after its last hook, `afterThisFile` of jest-each-file.ts: a leak fails the file.
 * Timers are counted here, because jest has some of its own that come and go, and Node tells only how many there are.
 */
export default class StudioEnvironment extends TestEnvironment {
  #timers = new Map();

  /**
   * Jest's own context asks an interceptor at every look at a global: a million `Math.max` take a second instead of 30 ms,
   * which loops over pixels cannot afford. A context without interceptors has globals of its own just the same.
   */
  constructor(...args) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }

  async setup() {
    await super.setup();
    // Opened at first use and never closed: not a leak of the file that happens to print first.
    void [process.stdout, process.stderr];
    for (const name of ['setTimeout', 'setInterval']) {
      const original = this.global[name];
      const tracked = (...args) => {
        const timer = original(...args);
        const origin = {};
        Error.captureStackTrace(origin, tracked);
        this.#timers.set(timer, origin);
        return timer;
      };
      // Keeps setTimeout[util.promisify.custom].
      this.global[name] = Object.defineProperties(tracked, Object.getOwnPropertyDescriptors(original));
    }
    this.global.openTimers = () => this.#openTimers();
  }

  async handleTestEvent(event, state) {
    if (event.name !== 'run_finish') return;
    try {
      await this.global.afterThisFile?.();
    } catch (error) {
      state.unhandledErrors.push(error);
    }
  }

  /** Where each timer was made that still keeps the process alive. */
  #openTimers() {
    const open = [...this.#timers].filter(([timer]) => !timer._destroyed && timer.hasRef?.());
    return open.map(([, { stack }]) => stack.split('\n').slice(1, 4).join('\n'));
  }
}
