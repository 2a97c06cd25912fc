import CPostgres
import Glibc

/// libpq, loaded when the first connection is made: linking it would cost every run of the linter its start-up.
struct LibPQ: @unchecked Sendable {
  let connectdbParams:
    @convention(c) (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?, CInt) ->
      OpaquePointer?
  let finish: @convention(c) (OpaquePointer?) -> Void
  let status: @convention(c) (OpaquePointer?) -> ConnStatusType
  let errorMessage: @convention(c) (OpaquePointer?) -> UnsafeMutablePointer<CChar>?
  let serverVersion: @convention(c) (OpaquePointer?) -> CInt
  let backendPID: @convention(c) (OpaquePointer?) -> CInt
  let exec: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> OpaquePointer?
  let execParams:
    @convention(c) (
      OpaquePointer?, UnsafePointer<CChar>?, CInt, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?,
      UnsafePointer<CInt>?, UnsafePointer<CInt>?, CInt
    ) -> OpaquePointer?
  let clear: @convention(c) (OpaquePointer?) -> Void
  let resultStatus: @convention(c) (OpaquePointer?) -> ExecStatusType
  let resultErrorField: @convention(c) (OpaquePointer?, CInt) -> UnsafeMutablePointer<CChar>?
  let resultErrorMessage: @convention(c) (OpaquePointer?) -> UnsafeMutablePointer<CChar>?
  let ntuples: @convention(c) (OpaquePointer?) -> CInt
  let nfields: @convention(c) (OpaquePointer?) -> CInt
  let fname: @convention(c) (OpaquePointer?, CInt) -> UnsafeMutablePointer<CChar>?
  let getisnull: @convention(c) (OpaquePointer?, CInt, CInt) -> CInt
  let getvalue: @convention(c) (OpaquePointer?, CInt, CInt) -> UnsafeMutablePointer<CChar>?
  let putCopyData: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, CInt) -> CInt
  let putCopyEnd: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> CInt
  let getResult: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let transactionStatus: @convention(c) (OpaquePointer?) -> PGTransactionStatusType
  let setNoticeReceiver:
    @convention(c) (
      OpaquePointer?, (@convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void)?, UnsafeMutableRawPointer?
    )
      -> OpaquePointer?

  static let shared: Result<LibPQ, ServerError> = Result { () throws(ServerError) in try LibPQ() }

  private init() throws(ServerError) {
    guard let handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL) else {
      throw ServerError("libpq is not installed: install the package libpq5")
    }
    func symbol<Function>(_ name: String, _ type: Function.Type) throws(ServerError) -> Function {
      guard let address = dlsym(handle, name) else {
        throw ServerError("libpq has no function \(name): install libpq5")
      }
      return unsafeBitCast(address, to: type)
    }
    connectdbParams = try symbol("PQconnectdbParams", type(of: connectdbParams))
    finish = try symbol("PQfinish", type(of: finish))
    status = try symbol("PQstatus", type(of: status))
    errorMessage = try symbol("PQerrorMessage", type(of: errorMessage))
    serverVersion = try symbol("PQserverVersion", type(of: serverVersion))
    backendPID = try symbol("PQbackendPID", type(of: backendPID))
    exec = try symbol("PQexec", type(of: exec))
    execParams = try symbol("PQexecParams", type(of: execParams))
    clear = try symbol("PQclear", type(of: clear))
    resultStatus = try symbol("PQresultStatus", type(of: resultStatus))
    resultErrorField = try symbol("PQresultErrorField", type(of: resultErrorField))
    resultErrorMessage = try symbol("PQresultErrorMessage", type(of: resultErrorMessage))
    ntuples = try symbol("PQntuples", type(of: ntuples))
    nfields = try symbol("PQnfields", type(of: nfields))
    fname = try symbol("PQfname", type(of: fname))
    getisnull = try symbol("PQgetisnull", type(of: getisnull))
    getvalue = try symbol("PQgetvalue", type(of: getvalue))
    putCopyData = try symbol("PQputCopyData", type(of: putCopyData))
    putCopyEnd = try symbol("PQputCopyEnd", type(of: putCopyEnd))
    getResult = try symbol("PQgetResult", type(of: getResult))
    transactionStatus = try symbol("PQtransactionStatus", type(of: transactionStatus))
    setNoticeReceiver = try symbol("PQsetNoticeReceiver", type(of: setNoticeReceiver))
  }
}
