() => setTimeout(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const row = [...document.querySelectorAll(".ft-answers")].find((one) => one.offsetParent);
  // "nearest" leaves the page where it is if the whole row is in sight.
  if (row) row.scrollIntoView({behavior: calm ? "auto" : "smooth", block: "nearest"});
}, 100) // the page draws first what has just come
