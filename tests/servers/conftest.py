from harness.s3 import real_client, secure_client, secure_versitygw, seaweedfs, seaweedfs_client, versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import
