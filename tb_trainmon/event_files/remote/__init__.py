"""Log directories in remote stores (``s3://``, ``gs://``, ``hdfs://``, ...), by fsspec.

    store       one file system of fsspec: its listing, and ranges of its files
    trouble     what may be wrong with a store, and how people are told
    listing     what a store lists, as the scan of a log directory
    side_files  the small files beside the event files
    prefetch    the ends of many files at once
    manifest    what was read, kept from one TensorBoard to the next
    logdir      asks the store in the background, and keeps what it said
    asking      work that waits for a network, in threads
    blocks      one file in large blocks, some on their way while others are decoded
    disks       local and remote files behind one ``Disk``

Only ``store`` waits for a network, and only daemon threads of ``logdir`` and ``blocks`` call it: no
page and no Ctrl-C ever waits long. fsspec is imported by them, when there is a remote path.
"""
