"""Errors as S3 names them (Amazon S3 API reference, "Error responses")."""

STATUS = {
    "AccessDenied": 403, "BadDigest": 400, "BucketNotEmpty": 409, "EntityTooSmall": 400, "ExpiredToken": 400,
    "InternalError": 500, "InvalidAccessKeyId": 403, "InvalidArgument": 400, "InvalidDigest": 400, "InvalidPart": 400,
    "InvalidPartOrder": 400, "InvalidObjectState": 403, "InvalidRange": 416, "InvalidRequest": 400, "InvalidURI": 400,
    "KeyTooLongError": 400,
    "MalformedXML": 400, "MethodNotAllowed": 405, "MissingContentLength": 411, "NoSuchBucket": 404, "NoSuchKey": 404,
    "NoSuchUpload": 404, "NotImplemented": 501, "NotModified": 304, "PreconditionFailed": 412, "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403, "XAmzContentSHA256Mismatch": 400,
}


class Refused(Exception):
    def __init__(self, code: str, message: str = ""):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, STATUS[code]
