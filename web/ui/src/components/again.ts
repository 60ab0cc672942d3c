import { createContext, use } from 'react';

/** Loads the page again. Outside of a page, all of the pages. */
export const LoadAgainContext = createContext<() => void>(() => window.location.reload());

export const useLoadAgain = () => use(LoadAgainContext);
