import type { CSSProperties } from 'react';

/** Outlines on a grid of 24, drawn in the colour of the text. */
const outlines = {
  overview: 'M4 13h6V4H4zM14 20h6V11h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  incidents: 'M12 4 3 20h18zM12 10v4.500M12 17.200v.1',
  mentions: 'M4 5h16v11H10l-5 4v-4H4z',
  authors: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM3 20c.6-3.600 2.800-5.500 6-5.500s5.400 1.900 6 5.500M15 4.300a3.500 3.500 0 0 1 0 6.400M17 14.900c2.200.6 3.500 2.300 4 5.100',
  contacts: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.8 3.8-5.5 7.5-5.500s6.7 1.7 7.5 5.5',
  accounts: 'M5 20V4h9v16M14 9h5v11M8 8h3M8 12h3M8 16h3M3 20h18',
  leads: 'M4 5h16l-6 7.500V20l-4-2v-5.500z',
  opportunities: 'M12 3v18M16.5 7.500c-.8-1.600-2.500-2.500-4.500-2.500-2.500 0-4.500 1.300-4.500 3.400 0 4.700 9.500 2.400 9.500 7.100 0 2.200-2.200 3.500-5 3.500-2.400 0-4.300-1-5-2.700',
  campaigns: 'M5 21V4M5 5h12l-2.500 4 2.500 4H5',
  advocates: 'M12 20S4 15 4 9.500A4 4 0 0 1 12 7.500 4 4 0 0 1 20 9.500C20 15 12 20 12 20z',
  recommendations: 'M7 11v9H4v-9zM7 11l4-7c1.700 0 2.500 1 2.500 2.500V10H19a1.500 1.500 0 0 1 1.500 1.800l-1.300 6.700A2 2 0 0 1 17.200 20H7',
  monitors: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15.5 15.5 20 20',
  sources: 'M12 19v.1M8.5 15.500a5 5 0 0 1 7 0M5.5 12.500a9.2 9.2 0 0 1 13 0M2.5 9.500a13.5 13.5 0 0 1 19 0',
  alerts: 'M12 4a5 5 0 0 0-5 5v4l-2 3h14l-2-3V9a5 5 0 0 0-5-5zM10 19h4',
  webhooks: 'M7 17a3 3 0 1 0 3 3h7M17 17a3 3 0 1 1-2.600 4.500L10.500 14M12 4a3 3 0 0 0-2.600 4.500L6 15M12 4a3 3 0 0 1 2.800 4',
  handover: 'M3 8h12l-3-3M21 16H9l3 3',
  channels: 'M4 11v3l3 .5V19h3v-4l9 4V6l-9 4.500H5.500A1.500 1.500 0 0 0 4 12z',
  measures: 'M5 20V11M12 20V4M19 20v-6',
  notices: 'M4 5h16v14H4zM4 14h5l1.500 2.500h3L15 14h5',
  review: 'M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c.6-3.500 3.300-5 7-5M14 17.500l2.500 2.500 5-5.500',
  goals: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12v.1',
  credit: 'M12 3.500V12h8.500A8.500 8.500 0 1 1 12 3.500zM16 3.800A8.500 8.500 0 0 1 20.200 8H16z',
  territories: 'M3.500 6.500 9 4l6 2.500L20.500 4v13.500L15 20l-6-2.500L3.500 20zM9 4v13.500M15 6.500V20',
  feedback: 'M4 9h11a5 5 0 0 1 0 10h-4M8 4.500 3.500 9 8 13.500',
  fields: 'M4 5h16v5H4zM4 14h16v5H4zM7 7.500h3M7 16.500h3',
  imports: 'M12 15V4M7.500 8.500 12 4l4.500 4.500M4 15v5h16v-5',
  audit: 'M4 5v4.500h4.500M4.500 9.500A8 8 0 1 1 4 13M12 8v4.500l3 2',
  privacy: 'M12 3.500 5 6v5.500c0 4.200 2.800 7.500 7 9 4.200-1.500 7-4.800 7-9V6zM9 11.500l2.200 2.200L15 10',
  access: 'M8 15.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 11.500h8.500v3.500M17 11.500v2.500',
  'lead-settings': 'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM9 19.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400z',
  processes: 'M3.500 9.500h5v5h-5zM15.500 4h5v5h-5zM15.500 15h5v5h-5zM8.500 12H12V6.500h3.500M12 12v5.500h3.500',
  tasks: 'M4 5.500l1.500 1.500L8 4M4 12.500l1.500 1.500L8 11M4 19.500l1.500 1.500L8 18M11.500 6H20M11.500 13H20M11.500 20H20',
  products: 'M12 3.500 4 7.500v9l8 4 8-4v-9zM4 7.500l8 4 8-4M12 11.500v9',
  'quote-templates': 'M6 3h8.500L19 7.500V21H6zM14.500 3v4.500H19M9 12h7M9 16h7',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  share: 'M6 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM17.500 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM17.500 21a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM8.200 10.800l7-4M8.200 13.200l7 4',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5v14l12-7z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4',
  moon: 'M20 14.500A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.500z',
  leave: 'M14 5H5v14h9M10 12h11M17.5 8.5 21 12l-3.5 3.5',
  external: 'M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9',
  check: 'M5 12.5 10 17.5 19 7',
  cross: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  retry: 'M20 12a8 8 0 1 1-2.5-5.800M20 3v4.500h-4.5',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.500l3.5 2',
  edit: 'M4 20h4L19 9l-4-4L4 16z',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
} as const;

export type IconName = keyof typeof outlines;

/** A picture beside a word; it says nothing by itself. */
export function Icon({ name, size = 18, style }: { name: IconName; size?: number; style?: CSSProperties }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: 'none', ...style }}
    >
      <path d={outlines[name]} />
    </svg>
  );
}
