// Generated from schemas/ by scripts/generate-validators.ts. Do not edit.
// @ts-nocheck: it is the code of ajv, which has no types.
import type { SchemaCheck } from '../../checks.js';
export const validate: SchemaCheck = validate0;
const pattern0 = new RegExp("^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]", "u");
const pattern1 = new RegExp("^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$", "u");

function validate0(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
const _errs1 = errors;
const _errs2 = errors;
if(errors === _errs2){
if(typeof key0 === "string"){
if(!pattern0.test(key0)){
const err0 = {instancePath,schemaPath:"#/definitions/sourcePath/pattern",keyword:"pattern",params:{pattern: "^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]"},message:"must match pattern \""+"^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]"+"\"",propertyName:key0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/definitions/sourcePath/type",keyword:"type",params:{type: "string"},message:"must be string",propertyName:key0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var valid0 = _errs1 === errors;
if(!valid0){
const err2 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
validate0.errors = vErrors;
return false;
break;
}
}
if(valid0){
for(const key1 in data){
let data0 = data[key1];
const _errs5 = errors;
const _errs6 = errors;
if(errors === _errs6){
if(typeof data0 === "string"){
if(!pattern1.test(data0)){
validate0.errors = [{instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/contentHash/pattern",keyword:"pattern",params:{pattern: "^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$"},message:"must match pattern \""+"^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$"+"\""}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/contentHash/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid2 = _errs5 === errors;
if(!valid2){
break;
}
}
}
}
else {
validate0.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate0.errors = vErrors;
return errors === 0;
}
