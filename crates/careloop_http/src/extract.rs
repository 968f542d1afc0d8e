//! Extractors whose rejections are problems like any other.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use careloop_kernel::Error;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::ApiError;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let Json(value) = Json::<T>::from_request(request, state)
            .await
            .map_err(|rejection| Error::invalid("request.body", rejection.body_text()))?;
        Ok(Self(value))
    }
}

/// Query parameters.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(value) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Error::invalid("request.query", rejection.body_text()))?;
        Ok(Self(value))
    }
}

/// Parts of the path. What cannot be read names nothing, so it is 404.
#[derive(Debug)]
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathId<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(value) = Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::not_found("request.path", "there is nothing at this address"))?;
        Ok(Self(value))
    }
}
