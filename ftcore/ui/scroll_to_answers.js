() => setTimeout(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const row = [...document.querySelectorAll(".ft-answers")].find((one) => one.offsetParent);
  if (!row?.querySelector(".message, .confidence-set")) return; // nothing was asked
  // "nearest" leaves the page where it is if the whole row is in sight.
  row.scrollIntoView({behavior: calm ? "auto" : "smooth", block: "nearest"});
}, 100) // the page draws first what has just come
