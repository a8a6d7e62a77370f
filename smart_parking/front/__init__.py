"""Between the web server and Django: requests are complete before one of the few threads takes them.

granian calls `Front` on its event loop (RSGI). There the body is read, with a deadline; then a thread runs Django's
WSGI handler on it. A client that announces a body and sends none so holds a little memory, and no thread.
"""
