import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

// Blue and vermilion stay apart for every kind of colour vision; each polarity has a shape as well.
const positive: MantineColorsTuple = ['#eaf4fd', '#d3e6f8', '#a8ccf0', '#79b1e8', '#5299e0', '#3a8adb', '#2480d6', '#176db9', '#0d5c9f', '#074a83'];
const negative: MantineColorsTuple = ['#fff1eb', '#ffe0d3', '#fcc0a6', '#f89d75', '#f47f4c', '#ee6a30', '#e05a1f', '#c2460f', '#a0390c', '#7c2b0a'];
const caution: MantineColorsTuple = ['#fff6e0', '#ffe9b8', '#fdd786', '#f5c04d', '#e5a823', '#cc9212', '#a97608', '#8a5f05', '#6e4b04', '#543903'];
const brand: MantineColorsTuple = ['#e8f6f4', '#d1ebe7', '#a4d8d1', '#74c4b9', '#4db3a6', '#33a698', '#1f9485', '#0f7a6e', '#0b5e57', '#06443f'];

export const theme = createTheme({
  colors: { positive, negative, brand, caution },
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1.05rem', lineHeight: '1.4' } } },
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
    Badge: { defaultProps: { radius: 'sm', tt: 'none', fw: 600 } },
    // What scrolls sideways is reached by the keyboard.
    TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Table' } } } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Card: { defaultProps: { withBorder: true, padding: 'md', radius: 'lg' } },
  },
});

/** Light variants and dimmed text dark (or light) enough to read: contrast of at least 4.5 to 1. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => {
  const names = Object.keys(colors).filter((name) => name !== 'dark');
  const light = Object.fromEntries(names.map((n) => [`--mantine-color-${n}-light-color`, `var(--mantine-color-${n}-9)`]));
  const dark = Object.fromEntries(names.map((n) => [`--mantine-color-${n}-light-color`, `var(--mantine-color-${n}-2)`]));
  return {
    variables: {},
    light: { ...light, '--mantine-color-dimmed': '#566069', '--mantine-color-placeholder': '#68727b', '--mantine-color-body': '#f6f8f8', '--mantine-color-anchor': 'var(--mantine-color-brand-8)', '--page-surface': '#ffffff', '--mantine-color-error': '#b3261e' },
    dark: { ...dark, '--mantine-color-dimmed': '#a6adb3', '--mantine-color-placeholder': '#98a1a8', '--mantine-color-body': '#14181a', '--mantine-color-anchor': 'var(--mantine-color-brand-3)', '--page-surface': '#1d2326', '--mantine-color-error': '#ff8a80', '--mantine-color-default-border': '#363f44' },
  };
};
