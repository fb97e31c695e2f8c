// Spoken times stay true while a page is open: <time datetime data-ago>3 days ago</time>.

const REFRESH_MS = 30_000;
const STEPS = [
  ["year", 31_536_000],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en");

function spoken(moment) {
  const seconds = (moment - Date.now()) / 1000;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size * 0.95);
  return step && words.format(Math.round(seconds / step[1]), step[0]);
}

function refresh() {
  if (document.hidden) return;
  document.querySelectorAll("time[data-ago]").forEach((element) => {
    const text = spoken(Date.parse(element.dateTime));
    if (text && text !== element.textContent) element.textContent = text;
  });
}

setInterval(refresh, REFRESH_MS);
document.addEventListener("visibilitychange", refresh);
