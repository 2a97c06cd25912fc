SELECT body FROM posts WHERE false;
