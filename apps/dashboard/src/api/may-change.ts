import { createContext } from 'preact';

/** Whether who looks at the page may change anything; a viewer may not, and is offered nothing that would be refused. */
export const MayChange = createContext(true);
