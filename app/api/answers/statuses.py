"""The one table from what happened to what HTTP says."""

from types import MappingProxyType

from app.api.requests.refusals import RangeInvalid
from app.errors import access, bodies, failure, plans, reports
from app.errors.failure import Failure

STATUS: MappingProxyType[type[Failure], int] = MappingProxyType(
    {
        failure.PlanUnknown: 404,
        failure.NothingThere: 404,
        failure.ParametersInvalid: 422,
        failure.AsOfInvalid: 422,
        access.KeyNeeded: 401,
        access.KeyInvalid: 401,
        access.TokenInvalid: 401,
        access.TokenWithoutRole: 403,
        access.TicketInvalid: 401,
        access.RoleNotAllowed: 403,
        access.AreaNotAllowed: 403,
        access.PlanNotAllowed: 403,
        reports.SelfApproval: 403,
        access.UnitNotAllowed: 403,
        access.ExpiryNotAllowed: 403,
        access.Hidden: 404,
        access.HostNotAllowed: 400,
        access.TooManyRequests: 429,
        reports.AlreadyDecided: 409,
        reports.Superseded: 409,
        reports.PreconditionFailed: 412,
        reports.NeverCloses: 409,
        plans.RuleInUse: 409,
        plans.DefinitionReduced: 409,
        plans.PublicationExists: 409,
        plans.PlanRunning: 409,
        bodies.FileRefused: 422,
        reports.IdempotencyKeyReused: 422,
        reports.IdempotencyInProgress: 409,
        failure.StorageUnavailable: 503,
        failure.DatabaseUnavailable: 503,
        failure.IssuerUnavailable: 503,
        failure.OutcomeUnknown: 503,
        failure.Busy: 503,
        failure.TooManyReads: 503,
        bodies.BodyMalformed: 400,
        bodies.BodyTooLarge: 413,
        bodies.MediaTypeUnsupported: 415,
        bodies.FormatUnknown: 406,
        bodies.FormatNotInstalled: 406,
        RangeInvalid: 416,
    }
)
