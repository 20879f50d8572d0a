from harness.s3 import (  # noqa: F401  pylint: disable=unused-import
    exact, exact_client, real_client, secure_client, secure_versitygw, seaweedfs, seaweedfs_client, versitygw, versitygw_client)
