/** The dashboard's home page. A monitor may look for the text "NetPost". */
export const HOME_PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>NetPost – Dashboard</title>
</head>
<body>
  <header><h1>NetPost</h1></header>
  <main>
    <nav><a href="/api/feed">Feed</a> <a href="/api/posts">Posts</a></nav>
    <section id="sign-in"><h2>Sign in</h2><p>Welcome back to your dashboard.</p></section>
  </main>
  <footer>NetPost stand-in: for development and tests only.</footer>
</body>
</html>
`;
